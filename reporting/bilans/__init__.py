"""A bilan, from its figures frozen once (snapshot) to its pages (document) and its annex (annex)."""
