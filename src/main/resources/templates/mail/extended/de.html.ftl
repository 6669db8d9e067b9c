<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Unsere Antwort dauert länger">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Sie haben sich wegen Ihrer personenbezogenen Daten an uns gewandt. Wir hatten bis ${body.formerDueAt} Zeit zu antworten und brauchen länger: Sie haben unsere Antwort spätestens am <strong>${body.dueAt}</strong>. Das ist der Grund:</p>
<blockquote style="margin:16px 0;padding:8px 16px;border-left:3px solid #d8dee6;white-space:pre-wrap">${body.reason}</blockquote>
<p>Das Gesetz erlaubt bis zu zwei weitere Monate, wenn eine Anfrage komplex ist oder es viele sind (Artikel 12 Absatz 3 DSGVO). Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde beschweren, und Sie können vor Gericht gehen (Artikel 77 und 79 DSGVO). Sie können auch auf diese E-Mail antworten<#if body.contact?has_content> oder an ${body.contact} schreiben</#if>.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
