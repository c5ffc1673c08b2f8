"""What each kind of letter says to whom: the contexts of the templates."""
