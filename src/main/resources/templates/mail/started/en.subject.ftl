We have started to collect your data
