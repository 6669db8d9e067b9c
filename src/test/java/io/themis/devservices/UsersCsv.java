package io.themis.devservices;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A CSV file of people, UTF-8, with the header
 * {@code emailAddress,displayName,firstName,lastName,country,city,street,accountId} in any order. An empty
 * {@code accountId} is a person without an account. No message repeats a value of the file.
 */
final class UsersCsv {

    private static final List<String> HEADER =
            List.of("emailAddress", "displayName", "firstName", "lastName", "country", "city", "street", "accountId");

    private UsersCsv() {}

    /** @throws DevServicesException naming the file and the line of a bad row */
    static List<DevUser> read(Path file) {
        List<DevUser> users = new ArrayList<>();
        Set<String> addresses = new HashSet<>();
        Set<Long> accounts = new HashSet<>();
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder()
                .detectBomHeader(true)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE) // the check below names the line
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofNamedCsvRecord(file)) {
            for (NamedCsvRecord row : csv) {
                DevUser user = user(file, row);
                if (!addresses.add(user.emailAddress().toLowerCase(Locale.ROOT))) {
                    throw bad(file, row, "this emailAddress is in an earlier line already");
                }
                if (user.accountId() != null && !accounts.add(user.accountId())) {
                    throw bad(file, row, "this accountId is in an earlier line already");
                }
                users.add(user);
            }
        } catch (CsvParseException e) {
            throw new DevServicesException(file + ": " + causes(e), e);
        } catch (IOException e) {
            throw new DevServicesException("themis.dev.users-csv: the file " + file + " can't be read", e);
        }
        return users;
    }

    private static DevUser user(Path file, NamedCsvRecord row) {
        for (String column : HEADER) {
            if (!row.getHeader().contains(column)) {
                throw new DevServicesException("%s, line 1: the column %s is missing; the header must be %s"
                        .formatted(file, column, String.join(",", HEADER)));
            }
        }
        if (row.getFieldCount() != row.getHeader().size()) {
            throw bad(
                    file,
                    row,
                    "%d fields, but the header has %d"
                            .formatted(row.getFieldCount(), row.getHeader().size()));
        }
        String emailAddress = row.getField("emailAddress");
        if (!emailAddress.contains("@")) {
            throw bad(file, row, "emailAddress is not an e-mail address");
        }
        return new DevUser(
                emailAddress,
                row.getField("displayName"),
                row.getField("firstName"),
                row.getField("lastName"),
                row.getField("country"),
                row.getField("city"),
                row.getField("street"),
                accountId(file, row));
    }

    private static Long accountId(Path file, NamedCsvRecord row) {
        String text = row.getField("accountId");
        try {
            return text.isEmpty() ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw bad(file, row, "accountId is not a whole number");
        }
    }

    private static DevServicesException bad(Path file, NamedCsvRecord row, String what) {
        return new DevServicesException("%s, line %d: %s".formatted(file, row.getStartingLineNumber(), what));
    }

    private static String causes(Throwable e) {
        return e.getCause() == null ? e.getMessage() : e.getMessage() + ": " + causes(e.getCause());
    }
}
