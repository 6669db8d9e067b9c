<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Ihre Daten liegen bereit">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<#if body.links?size == 1>
<p>Ihre personenbezogenen Daten liegen bereit.</p>
<@layout.button link=body.links[0]>Daten herunterladen</@layout.button>
<p>Der Link gilt bis zum <strong>${body.expiresAt}</strong>. Danach wird die Datei gelöscht; Sie können jederzeit erneut anfragen.</p>
<p>Wer diesen Link hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.</p>
<p>Öffnen Sie die ZIP-Datei und beginnen Sie mit <em>index.html</em>.</p>
<#else>
<p>Ihre personenbezogenen Daten liegen bereit. Es sind so viele, dass sie in ${body.links?size?c} ZIP-Dateien kommen. Laden Sie alle herunter:</p>
<#list body.links as link>
<@layout.button link=link>Teil ${link?counter?c} von ${body.links?size?c} herunterladen (${body.sizes[link?index]})</@layout.button>
</#list>
<p>Die Links gelten bis zum <strong>${body.expiresAt}</strong>. Danach werden die Dateien gelöscht; Sie können jederzeit erneut anfragen.</p>
<p>Wer diese Links hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.</p>
<p>Entpacken Sie alle ZIP-Dateien in denselben Ordner, wo sie ${body.unpackedSize} brauchen, und beginnen Sie dort mit <em>index.html</em>.</p>
</#if>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
