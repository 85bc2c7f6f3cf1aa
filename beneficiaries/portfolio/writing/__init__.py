"""A sound folder into the registers: staging by COPY, then set-based statements."""
