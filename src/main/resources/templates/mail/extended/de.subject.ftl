Unsere Antwort dauert länger
