IHRE PERSONENBEZOGENEN DATEN

Dieser Ordner beantwortet die Anfrage ${sheet.requestId}:
${type}.

Beantwortet am:       ${created.words}
Download-Link endet:  ${expires.words}
                      (${created.iso} und ${expires.iso})

<#if divided>
Beginnen Sie mit index.html. Die Seite öffnet sich in jedem Browser und braucht
kein Internet. Entpacken Sie zuerst alle Zip-Dateien dieser Antwort in denselben
Ordner, sonst gehen ihre Links nicht.
<#else>
Beginnen Sie mit index.html. Die Seite öffnet sich in jedem Browser und braucht
kein Internet. Entpacken Sie zuerst die ganze Zip-Datei, sonst gehen ihre Links
nicht.
</#if>

WAS HIER LIEGT

index.html           was gefunden wurde, mit einem Link zu jeder Datei
article-15/          wozu Ihre Daten da sind, wer sie erhält, wie lange sie
                     bleiben, woher sie stammen, und Ihre Rechte
tables/              Ihre Daten als Seiten für den Browser
data/                Ihre Daten, je Art ein Ordner oder eine Datei
  ….csv              für Tabellenprogramme
  ….jsonl            genau, für Programme (JSON Lines: ein JSON-Objekt je Zeile)
<#if attached>
files/               Dateien zu Ihnen, so wie sie gespeichert sind
</#if>
notices/             was nicht ganz gelesen werden konnte, wo nichts gefunden
                     wurde, und Datensätze mit einem Namen wie Ihrem, die nicht
                     hier sind; nur wenn es das gibt
manifest.json        was durchsucht wurde, was passte, und jede Datendatei
SHA256SUMS           eine Prüfsumme jeder Datei

DIE CSV-DATEIEN

Sie sind für Tabellenprogramme gemacht: Spalten sind mit Komma getrennt, der Text
ist UTF-8. Wenn alles in einer Spalte steht, importieren Sie die Datei und wählen
Sie das Komma als Trennzeichen (in Excel: Daten, Aus Text/CSV).

- Vor Text, den ein Tabellenprogramm für eine Formel halten könnte, steht ein
  Apostroph ('): Text, der mit = + - @, einem Tabulator oder einem Zeilenende
  beginnt. Negative Zahlen bleiben, wie sie sind.
- Tabellenprogramme können lange Zahlen runden und führende Nullen weglassen.
- Tabellenprogramme fassen 32.767 Zeichen je Zelle und 1.048.576 Zeilen. Die
  Dateien enthalten jeden Wert und jede Zeile ganz; ein Tabellenprogramm kann sie
  also abschneiden.

Die .jsonl-Dateien haben nichts davon: Sie enthalten jeden Wert genau wie
gespeichert.

SO PRÜFEN SIE, DASS NICHTS VERÄNDERT WURDE

In diesem Ordner, unter Linux oder macOS:
  sha256sum -c SHA256SUMS          (macOS: shasum -a 256 -c SHA256SUMS)
Unter Windows, je eine Datei:
  certutil -hashfile index.html SHA256
