import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Reads messages with Kafka's own classes, and answers what it understood. On the standard input, until it ends:
 *   int16 api key | bool is request | int16 version | int32 length | bytes
 * and for each of them on the standard output:
 *   int16 header version | int32 length | the bytes that Kafka writes | int32 length | the JSON that Kafka makes of it
 * or, where Kafka refuses: int16 -1 | int32 length | the reason.
 */
public final class MessageExchange {
    public static void main(String[] args) throws Exception {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
        for (int apiKey; (apiKey = in.read()) >= 0; ) {
            apiKey = apiKey << 8 | in.readUnsignedByte();
            boolean isRequest = in.readBoolean();
            short version = in.readShort();
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            try {
                answer(out, ApiMessageType.fromApiKey((short) apiKey), isRequest, version, bytes);
            } catch (Exception e) {
                out.writeShort(-1);
                writeBlock(out, e.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        out.flush();
    }

    private static void answer(DataOutputStream out, ApiMessageType type, boolean isRequest, short version, byte[] bytes)
            throws Exception {
        ApiMessage message = isRequest ? type.newRequest() : type.newResponse();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        message.read(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(buffer.remaining() + " bytes are left unread");
        }
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer again = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(again), cache, version);
        byte[] json = toJson(message, version).toString().getBytes(StandardCharsets.UTF_8);
        out.writeShort(isRequest ? type.requestHeaderVersion(version) : type.responseHeaderVersion(version));
        writeBlock(out, again.array());
        writeBlock(out, json);
    }

    private static JsonNode toJson(ApiMessage message, short version) throws Exception {
        Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
        Method write = converter.getMethod("write", message.getClass(), short.class, boolean.class);
        return (JsonNode) write.invoke(null, message, version, false);
    }

    private static void writeBlock(DataOutputStream out, byte[] block) throws Exception {
        out.writeInt(block.length);
        out.write(block);
    }
}
