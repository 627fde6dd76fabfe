"""What `make deploy` and `make destroy` are made of: a module for each thing that they do."""
