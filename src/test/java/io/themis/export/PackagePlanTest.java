package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** With lengths that are met exactly, which those of real files seldom are. */
class PackagePlanTest {

    private static final long SIZE = 1_000;
    private static final long NOTE = 10;

    @Test
    void everyZipHasRoomForItsNoteAndTheLastForTheLists() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 2_000; round++) {
            List<PlannedFile> files = new ArrayList<>();
            for (int i = 2 + random.nextInt(20); i > 0; i--) {
                files.add(file("f" + i, random.nextInt(20) == 0 ? 1_500 : random.nextInt(600)));
            }
            long lists = random.nextInt(600);

            PackagePlan plan = PackagePlan.several(
                    new UUID(1, 2), files, SIZE, (number, count) -> file("note " + number, NOTE), divided -> lists);

            assertThat(plan.volumes()).as("round %d", round).hasSizeGreaterThan(1);
            assertThat(plan.files().filter(file -> !file.path().startsWith("note")))
                    .containsExactlyElementsOf(files);
            for (int i = 0; i < plan.volumes().size(); i++) {
                List<PlannedFile> volume = plan.volumes().get(i);
                long used = volume.stream().mapToLong(PlannedFile::atMost).sum();
                boolean isLast = i == plan.volumes().size() - 1;
                assertThat(volume.get(0).path()).isEqualTo("note " + (i + 1));
                if (isLast || volume.size() > 2) {
                    assertThat(used + (isLast ? lists : 0)).isLessThanOrEqualTo(SIZE);
                }
            }
        }
    }

    private static PlannedFile file(String path, long atMost) {
        return new PlannedFile(path, atMost, null, null, null);
    }
}
