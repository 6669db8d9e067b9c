package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class ReadableErrorTest {

    @Test
    void saysWhatFailedAndWhyInTheEnd() {
        Exception failure = new IllegalStateException(
                "the mail was not sent",
                new UncheckedIOException("in between", new ConnectException("Connection refused")));

        assertThat(ReadableError.of(failure))
                .isEqualTo(
                        "IllegalStateException: the mail was not sent – because: ConnectException: Connection refused");
    }

    @Test
    void saysOnceWhatIsNotCausedByAnythingElse() {
        assertThat(ReadableError.of(new IOException("the store gave back another zip than was written")))
                .isEqualTo("IOException: the store gave back another zip than was written");
    }

    @Test
    void doesNotRepeatACauseThatTheMessageNamesAlready() {
        ConnectException cause = new ConnectException("refused");

        assertThat(ReadableError.of(
                        new IllegalStateException("mail: " + cause.getClass().getSimpleName() + ": refused", cause)))
                .isEqualTo("IllegalStateException: mail: ConnectException: refused");
    }

    @Test
    void leavesOutWrappersThatSayNothingOfTheirOwnAndNamesOfPackages() {
        Exception failure = new RuntimeException(new UncheckedIOException(new ConnectException("refused")));

        assertThat(ReadableError.of(failure)).isEqualTo("ConnectException: refused");
        assertThat(ReadableError.of(new IOException("got io.netty.channel.Channel$ClosedException: gone")))
                .isEqualTo("IOException: got ClosedException: gone");
    }

    @Test
    void namesAnErrorWithoutAMessage() {
        assertThat(ReadableError.of(new StackOverflowError())).isEqualTo("StackOverflowError");
    }

    @Test
    void endsOnCausesThatGoInACircle() {
        Exception one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("two", one));

        assertThat(ReadableError.of(one)).startsWith("IllegalStateException: one");
    }

    @Test
    void hasNoEMailAddressInAnyForm() {
        String text = ReadableError.of(
                new IOException(
                        "550 5.1.1 <ada@example.org> unknown, see https://host/users/ada%40example.org/data; to=ada@example.org"));

        assertThat(text).doesNotContainIgnoringCase("ada").contains("550 5.1.1 <<address>> unknown");
    }

    @Test
    void hasNoSignatureOfALink() {
        String text = ReadableError.of(new IOException(
                "GET https://account.blob.core.windows.net/packages/1.zip?sv=2024-11-04&sr=b&sig=c2VjcmV0%3D: 403;"
                        + " https://localhost/hooks/event-grid?code=s3cr3t, password=hunter2"));

        assertThat(text)
                .contains("https://account.blob.core.windows.net/packages/1.zip", "403")
                .doesNotContain("c2VjcmV0", "s3cr3t", "hunter2");
    }

    @Test
    void makesOneLineOfAzuresXml() {
        String text = ReadableError.of(new IOException("""
                Status code 404, "\uFEFF<?xml version="1.0" encoding="utf-8"?>
                <Error>
                  <Code>ContainerNotFound</Code>
                  <Message>The specified container does not exist.
                RequestId:8a9c2f4e-001e-0042-1234-56789a000000
                Time:2026-01-01T00:00:00.0000000Z</Message>
                  <AuthenticationErrorDetail>Signature did not match. String to sign used was r</AuthenticationErrorDetail>
                </Error>\""""));

        assertThat(text)
                .isEqualTo("IOException: Status code 404, ContainerNotFound The specified container does not exist.");
    }

    @Test
    void leavesOutWhatADatabaseQuotesFromARow() {
        SQLException cause = new SQLException("invalid input syntax for type integer: \"Ada Lovelace\"", "22P02");

        String text =
                ReadableError.of(new DataIntegrityViolationException("SQL [SELECT 1]; " + cause.getMessage(), cause));

        assertThat(text).contains("SELECT 1", "22P02").doesNotContain("Lovelace");
    }

    @Test
    void keepsWhatADatabaseSaysAboutItself() {
        assertThat(ReadableError.of(new SQLException("Connection to 127.0.0.1:5432 refused", "08001")))
                .isEqualTo("SQLException: Connection to 127.0.0.1:5432 refused (SQL state 08001)");
    }

    @Test
    void tracesWhereItHappenedWithoutWhatTheExceptionsQuote() {
        SQLException cause = new SQLException("invalid input syntax for type integer: \"Ada Lovelace\"", "22P02");
        StringWriter trace = new StringWriter();

        ReadableError.trace(new IllegalStateException("to ada@example.org", cause))
                .printStackTrace(new PrintWriter(trace));

        assertThat(trace.toString())
                .contains("tracesWhereItHappened", "IllegalStateException", "22P02")
                .doesNotContain("Lovelace", "ada@");
    }

    @Test
    void isOneLineThatADatabaseCanKeep() {
        assertThat(ReadableError.of(new IOException("one\r\n\ttwo\u0000three\u001bfour ")))
                .isEqualTo("IOException: one two three four");
    }

    @Test
    void isCutBetweenCharacters() {
        String text = ReadableError.of(new IOException("x" + "\uD83D\uDE00".repeat(3_000)));

        assertThat(text).hasSizeLessThan(1_100).endsWith("…");
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text)).isTrue();
    }
}
