"""healthrelay: a household's Fitbit measurements, brought to Igor."""
