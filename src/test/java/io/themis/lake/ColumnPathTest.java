package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnPathTest {

    @Test
    void aDotLeadsInwardsUnlessABackslashStandsBefore() {
        assertThat(ColumnPath.parse("user.id").names()).containsExactly("user", "id");
        assertThat(ColumnPath.parse("id").names()).containsExactly("id");
        assertThat(ColumnPath.parse("a\\.b.c\\\\.d e").names()).containsExactly("a.b", "c\\", "d e");
        assertThat(ColumnPath.parse("a\\.b.c\\\\.d e")).hasToString("a\\.b.c\\\\.d e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a\\", "a\\b", "a\\\\\\"})
    void whatIsNoPathIsRefusedWithAdvice(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ColumnPath.parse(path))
                .withMessageMatching("(?s).*can't be used: .*(write for example|stands only before).*");
    }

    @Test
    void whatIsNotThereIsNull() {
        Map<String, Object> row = Map.of("user", Map.of("id", 42L));

        assertThat(ColumnPath.parse("user.id").of(row)).isEqualTo(42L);
        assertThat(ColumnPath.parse("user.name").of(row)).isNull();
        assertThat(ColumnPath.parse("owner.id").of(row)).isNull();
    }

    @Test
    void aPathDoesNotGoIntoAnArray() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ColumnPath.parse("user.id").of(Map.of("user", List.of(Map.of("id", 42L)))))
                .withMessage("no object at \"user\", where the path user.id leads through");
    }
}
