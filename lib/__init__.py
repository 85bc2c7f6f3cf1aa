"""Pure helpers without models, one concern a file. Nothing here imports another of our packages."""
