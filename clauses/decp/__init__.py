"""Essential data of public procurement (DECP): the official files, read and grouped, without any database."""
