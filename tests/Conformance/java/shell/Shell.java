import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs many main methods in one JVM, one after the other, because a JVM costs seconds to start and a main does not.
 * Commands come on standard input and answers leave on standard output, both framed by DataOutputStream:
 *   command: int count, then count strings (class name, arguments), then int length and bytes of its standard input
 *   answer:  int exit code, int length and bytes of its output (standard output and standard error, as they came)
 */
public final class Shell {
    private static final class ExitCalled extends RuntimeException {
        ExitCalled(int code) {
            super("exit " + code, null, false, false);
        }
    }

    /** Standard output of whichever main runs now. Put in place before Scala's Console remembers System.out. */
    private static final class Switch extends OutputStream {
        volatile OutputStream target = OutputStream.nullOutputStream();

        @Override
        public void write(int b) throws IOException {
            target.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            target.write(bytes, offset, length);
        }
    }

    /** Null until the main calls exit. The first call counts: many tools catch what a trapped exit throws, and exit again. */
    private static volatile Integer exitCode;

    public static void main(String[] args) throws Exception {
        DataInputStream commands = new DataInputStream(System.in);
        DataOutputStream answers = new DataOutputStream(System.out);
        Switch output = new Switch();
        PrintStream printer = new PrintStream(output, true);
        System.setOut(printer);
        System.setErr(printer);
        Exit.Procedure leave = (code, message) -> {
            if (message != null) {
                System.err.println(message);
            }
            if (exitCode == null) {
                System.out.flush();
                exitCode = code;
                output.target = OutputStream.nullOutputStream();
            }
            throw new ExitCalled(code);
        };
        Exit.setExitProcedure(leave);
        Exit.setHaltProcedure(leave);

        while (true) {
            String[] words;
            try {
                words = new String[commands.readInt()];
            } catch (EOFException e) {
                Runtime.getRuntime().halt(0);
                return;
            }
            for (int i = 0; i < words.length; i++) {
                words[i] = commands.readUTF();
            }
            byte[] input = new byte[commands.readInt()];
            commands.readFully(input);
            ByteArrayOutputStream captured = new ByteArrayOutputStream();
            output.target = captured;
            int code = run(words, new ByteArrayInputStream(input));
            printer.flush();
            byte[] bytes = captured.toByteArray();
            answers.writeInt(code);
            answers.writeInt(bytes.length);
            answers.write(bytes);
            answers.flush();
        }
    }

    private static int run(String[] words, InputStream input) {
        System.setIn(input);
        exitCode = null;
        String[] arguments = java.util.Arrays.copyOfRange(words, 1, words.length);
        try {
            Class.forName(words[0]).getMethod("main", String[].class).invoke(null, (Object) arguments);
            return exitCode == null ? 0 : exitCode;
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            return exitCode == null ? 1 : exitCode;
        } catch (Throwable e) {
            e.printStackTrace();
            return 1;
        }
    }
}
