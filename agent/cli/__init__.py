"""The command line (contract: design section 7): one file per group of commands; `main.main` is the console script."""
