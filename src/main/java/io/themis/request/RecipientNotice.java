package io.themis.request;

import java.time.Instant;

/**
 * A recipient who is told of an erasure (GDPR Art. 19).
 *
 * @param number counts the recipients of one erasure, from 1
 * @param recipient e-mail address
 * @param sentAt when the mail server took the mail; null until then
 * @param receiptAt when the recipient confirmed; null until then
 */
public record RecipientNotice(int number, String recipient, Instant sentAt, Instant receiptAt) {}
