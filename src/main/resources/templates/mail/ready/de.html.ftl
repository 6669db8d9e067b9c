<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Ihre Daten liegen bereit">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Ihre personenbezogenen Daten liegen bereit.</p>
<@layout.button link=body.link>Daten herunterladen</@layout.button>
<p>Der Link gilt bis zum <strong>${body.expiresAt}</strong>. Danach wird die Datei gelöscht; Sie können jederzeit erneut anfragen.</p>
<p>Wer diesen Link hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.</p>
<p>Öffnen Sie die ZIP-Datei und beginnen Sie mit <em>index.html</em>.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
