"""healthrelay: a household's Fitbit measurements, brought to Igor."""

import gc

# What was loaded before us stays for the life of the process. A cold start would be interrupted
# to look through it for garbage.
gc.freeze()
