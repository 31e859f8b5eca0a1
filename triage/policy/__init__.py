"""What a site promises and how it keeps its promises: the calendar, due times. Plain values in, plain values out."""
