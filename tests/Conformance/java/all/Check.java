import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** What a scenario expects, with a message that says what it got. */
final class Check {
    static void equal(Object expected, Object actual, String what) {
        if (!Objects.deepEquals(expected, actual)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    static void isTrue(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** The call must fail, with an error of one of those classes (A or A|B) at the root or as the cause. */
    static void fails(String errorNames, String what, Callable<?> call) throws Exception {
        Object result;
        try {
            result = call.call();
        } catch (Exception e) {
            Throwable error = e instanceof ExecutionException ? e.getCause() : e;
            if (!Arrays.asList(errorNames.split("\\|")).contains(error.getClass().getSimpleName())) {
                throw new AssertionError(what + ": expected " + errorNames + ", got " + error, error);
            }
            return;
        }
        throw new AssertionError(what + ": expected " + errorNames + ", but it succeeded with " + result);
    }
}
