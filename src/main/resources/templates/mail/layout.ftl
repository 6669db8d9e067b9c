<#ftl output_format="HTML">
<#-- Styles stand at the elements, because mail programs drop style sheets. -->
<#macro mail language title>
<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f2f4f7;color:#1d2733;font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<main style="max-width:560px;margin:0 auto;padding:28px 28px 20px;background:#ffffff;border:1px solid #d8dee6;border-radius:8px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${title}</h1>
<#nested>
</main>
</body>
</html>
</#macro>
<#macro small><p style="margin:20px 0 0;padding-top:14px;border-top:1px solid #d8dee6;color:#4a5768;font-size:13px"><#nested></p></#macro>
<#macro button link><p style="margin:22px 0"><a href="${link}" style="display:inline-block;padding:12px 22px;background:#0b5cad;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:600"><#nested></a></p></#macro>
