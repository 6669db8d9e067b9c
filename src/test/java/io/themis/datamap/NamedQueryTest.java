package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedQueryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM f(:#mail)",
                "SELECT * FROM t WHERE a = :#a AND b=:#b OR c = :#a",
                "SELECT 'it''s', \"odd \"\"name\" FROM t -- the ':' of a comment\nWHERE a=:#a",
                "SELECT /* one\ntwo */ 'a:b' FROM t WHERE t::date > '2020-01-01' AND a = :#a_1"
            })
    void camelPreparesTheQueryInTheSameWay(String query) throws SQLException {
        String camels = new DefaultSqlPrepareStatementStrategy().prepareQuery(query.replace('#', '?'), true, null);

        assertThat(NamedQuery.of(query).problems()).isEmpty();
        assertThat(NamedQuery.of(query).prepared()).isEqualTo(camels);
    }

    @Test
    void parametersComeInOrderAndOnce() {
        assertThat(NamedQuery.of("SELECT :#b, :#a, :#b, ':c' FROM t").parameters())
                .containsExactly("b", "a");
    }

    @Test
    void everyQuestionMarkHasItsKey() {
        NamedQuery query = NamedQuery.of("SELECT :#b, 'it''s :a', :#a /* :b */, :#b FROM t");

        assertThat(query.prepared()).isEqualTo("SELECT ?, 'it''s :a', ? /* :b */, ? FROM t");
        assertThat(query.bound()).containsExactly("b", "a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ':#a' FROM t",
                "SELECT \":#a\" FROM t",
                "SELECT 1 -- :#a",
                "SELECT 1 /* :#a */",
                "SELECT 1 WHERE a LIKE '%?%'"
            })
    void parameterThatTheDatabaseWouldNotSeeIsRefused(String query) {
        assertThat(NamedQuery.of(query).problems()).singleElement().asString().startsWith("# and ? can't stand inside");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM t WHERE a IN (:#in:ids)",
                "SELECT * FROM t WHERE a = :#${body}",
                "SELECT * FROM t WHERE a = :#$simple{body}",
                "SELECT * FROM t WHERE a = :?${body}"
            })
    void expressionsOfCamelAreRefused(String query) {
        assertThat(NamedQuery.of(query).problems())
                .anySatisfy(problem -> assertThat(problem).contains("only plain parameters"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM #temp", "SELECT * FROM t WHERE a = ?", "SELECT a #> b", "SELECT :?a"})
    void otherPlaceholdersAreRefused(String query) {
        assertThat(NamedQuery.of(query).problems()).singleElement().asString().contains("that is no parameter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 'a FROM t", "SELECT \"a FROM t", "SELECT 1 /* a"})
    void whatIsOpenedMustBeClosed(String query) {
        assertThat(NamedQuery.of(query).problems()).singleElement().asString().contains("never closes it");
    }
}
