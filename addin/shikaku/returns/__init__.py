"""The ledger of returns: kept up to date, its stages, its report."""
