"""Experts: the pool of residents who know a trade, and juries drawn from it so that nobody can have chosen them."""
