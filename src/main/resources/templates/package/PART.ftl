YOUR PERSONAL DATA: PART ${number} OF ${count}

This zip file is part ${number} of ${count} of the answer to request
${sheet.requestId}.

There is so much data that it comes in ${count} zip files. Each opens by itself, but
they belong together: unpack all ${count} into the same folder. Then open index.html
there. It came with part 1 and links to everything.

manifest.json says which file is in which part, and SHA256SUMS holds a checksum of
every file; both came with part ${count}.
