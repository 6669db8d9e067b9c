package io.themis.request;

import java.time.Instant;

/**
 * A recipient who has been told of an erasure (GDPR Art. 19).
 *
 * @param number counts the recipients of one erasure, from 1
 * @param receiptAt when the recipient confirmed; null until then
 */
public record RecipientNotice(int number, String recipient, Instant sentAt, Instant receiptAt) {}
