import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the scenarios against the jars of several Kafka versions in one JVM.
 * Arguments: the folder of sources, the folder of versions (KAFKA_HOME), the target folder, then the versions.
 * A folder since-X.Y is taken for versions from X.Y on, until-X.Y for versions up to X.Y, all the others for all.
 */
public final class Build {
    public static void main(String[] args) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            for (String version : Arrays.asList(args).subList(3, args.length)) {
                Path target = Files.createDirectories(Path.of(args[2], version));
                List<String> options = List.of("-d", target.toString(), "-nowarn", "-proc:none", "-Xlint:none",
                    "-cp", jars(Path.of(args[1], version)));
                List<File> sources = sources(Path.of(args[0]), version);
                if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromFiles(sources)).call()) {
                    System.err.println("the sources above do not compile against " + version);
                    System.exit(1);
                }
            }
        }
    }

    private static String jars(Path folder) throws Exception {
        try (Stream<Path> found = Files.list(folder)) {
            return String.join(":", found.map(Path::toString).filter(p -> p.contains("kafka")).toArray(String[]::new));
        }
    }

    private static List<File> sources(Path root, String version) throws Exception {
        List<File> taken = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.filter(Files::isDirectory).toArray(Path[]::new)) {
                String[] name = folder.getFileName().toString().split("-");
                boolean takes = name.length == 1
                    || (name[0].equals("since") ? compare(version, name[1]) >= 0 : compare(version, name[1]) <= 0);
                if (takes) {
                    try (Stream<Path> found = Files.list(folder)) {
                        found.filter(p -> p.toString().endsWith(".java")).forEach(p -> taken.add(p.toFile()));
                    }
                }
            }
        }
        return taken;
    }

    /** Compares major and minor numbers. */
    private static int compare(String left, String right) {
        int[] a = Arrays.stream(left.split("\\.")).mapToInt(Integer::parseInt).toArray();
        int[] b = Arrays.stream(right.split("\\.")).mapToInt(Integer::parseInt).toArray();
        return a[0] != b[0] ? Integer.compare(a[0], b[0]) : Integer.compare(a[1], b[1]);
    }
}
