import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.TimestampType;

/** Arguments: data folder, manifest (see FolderWrite). Writes the topics old0 and old1: one segment of magic 0, one of magic 1. */
public final class OldSegments {
    public static void main(String[] args) throws Exception {
        CompressionType[] codecs = {CompressionType.NONE, CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4};
        Random random = new Random(5);
        try (PrintWriter manifest = new PrintWriter(Files.newBufferedWriter(
            Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            for (byte magic = 0; magic <= 1; magic++) {
                Path folder = Files.createDirectories(Path.of(args[0], "old" + magic + "-0"));
                try (FileChannel file = FileChannel.open(
                    folder.resolve("00000000000000000000.log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    long offset = 0;
                    for (int i = 0; i < 40; i++) {
                        MemoryRecordsBuilder builder = MemoryRecords.builder(
                            ByteBuffer.allocate(64_000), magic, codecs[i % 4], TimestampType.CREATE_TIME, offset);
                        for (int j = 0; j < 5; j++) {
                            byte[] value = new byte[random.nextInt(200)];
                            random.nextBytes(value);
                            builder.append(1_400_000_000_000L + offset, ("key" + offset).getBytes(), value);
                            manifest.printf("old%d 0 %d plain key%d %s%n", magic, offset, offset, FolderRead.fingerprint(value));
                            offset++;
                        }
                        ByteBuffer bytes = builder.build().buffer();
                        while (bytes.hasRemaining()) {
                            file.write(bytes);
                        }
                    }
                }
            }
        }
    }
}
