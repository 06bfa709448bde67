"""Pure foundations every module may use: working time, datums, numbers, area codes, search terms.

Standard library only: no Django, no database, no clock, no files. Instants come in as arguments; what people
may read of a refusal is marked for translation here and translated above.
"""
