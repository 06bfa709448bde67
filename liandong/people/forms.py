"""The sign-in form: account names are read without regard to case or outer blanks."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Account and password."""

    def clean_username(self) -> str:
        """Return the account name as it is stored."""
        return str(self.cleaned_data["username"]).strip().lower()
