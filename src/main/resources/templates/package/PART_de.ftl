IHRE PERSONENBEZOGENEN DATEN: TEIL ${number} VON ${count}

Diese Zip-Datei ist Teil ${number} von ${count} der Antwort auf die Anfrage
${sheet.requestId}.

Es sind so viele Daten, dass sie in ${count} Zip-Dateien kommen. Jede öffnet sich
für sich, aber sie gehören zusammen: Entpacken Sie alle ${count} in denselben Ordner
und öffnen Sie dort index.html. Diese Seite kam mit Teil 1 und verlinkt alles.

manifest.json sagt, welche Datei in welchem Teil ist, und SHA256SUMS enthält eine
Prüfsumme jeder Datei; beide kamen mit Teil ${count}.
