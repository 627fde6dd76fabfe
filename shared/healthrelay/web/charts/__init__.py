"""Charts as inline SVG: classes and plain attributes only, because the page allows no style."""
