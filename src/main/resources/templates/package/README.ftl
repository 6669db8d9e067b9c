YOUR PERSONAL DATA

This folder answers request ${sheet.requestId}:
${type}.

Answered on:         ${created.words}
Download link ends:  ${expires.words}
                     (${created.iso} and ${expires.iso})

<#if divided>
Start with index.html. It opens in any browser and needs no internet. Unpack all
the zip files of this answer into the same folder first, or its links do not work.
<#else>
Start with index.html. It opens in any browser and needs no internet. Unpack the
whole zip file first, or its links do not work.
</#if>

WHAT IS IN HERE

index.html           what was found, with a link to every file
article-15/          why your data are kept, who receives them, how long, where
                     they come from, and your rights
tables/              your data as pages for the browser
data/                your data, one folder or file for each kind of data
  ….csv              for spreadsheets
  ….jsonl            exact, for programs (JSON Lines: one JSON object a line)
<#if attached>
files/               files that were kept about you, as they are stored
</#if>
notices/             what could not be read in full, where nothing was found, and
                     records with a name like yours that are not in here; there
                     only if that is so
manifest.json        what was searched, what matched, and every data file
SHA256SUMS           a checksum of every file

THE CSV FILES

They are made for spreadsheets: columns are separated by commas, the text is
UTF-8. If everything stands in one column, import the file and choose the comma
as separator (in Excel: Data, From Text/CSV).

- Text that a spreadsheet could take for a formula has an apostrophe (') in front
  of it: text that starts with = + - @, a tab or a line end. Negative numbers are
  left as they are.
- Spreadsheets may show long numbers rounded, and drop leading zeros.
- Spreadsheets hold 32,767 characters in a cell and 1,048,576 rows. The files
  hold every value and every row in full, so a spreadsheet may cut them.

The .jsonl files have none of this: they hold every value exactly as stored.

TO CHECK THAT NOTHING WAS CHANGED

In this folder, on Linux or macOS:
  sha256sum -c SHA256SUMS          (macOS: shasum -a 256 -c SHA256SUMS)
On Windows, for one file at a time:
  certutil -hashfile index.html SHA256
