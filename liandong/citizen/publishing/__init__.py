"""What the district publishes: map, figures, open data, questions and answers, news; and who decides what is shown."""
