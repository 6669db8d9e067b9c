Wir haben begonnen, Ihre Daten zusammenzustellen
