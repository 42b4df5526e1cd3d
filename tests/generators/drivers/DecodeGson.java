import com.google.gson.reflect.TypeToken;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import klient.JSON;

/** Reads each answer with the reader of the generated client, and writes it again. */
public class DecodeGson {
    public static void main(String[] arguments) throws Exception {
        new JSON();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] job = line.split("\t");
            try {
                Type type = Class.forName("klient.model." + job[3]);
                if (job[2].equals("list")) {
                    type = TypeToken.getParameterized(java.util.List.class, type).getType();
                }
                Object value = JSON.deserialize(Files.readString(Path.of(job[0])), type);
                Files.writeString(Path.of(job[1]), JSON.getGson().toJson(value, type));
            } catch (Exception | LinkageError error) {
                Files.writeString(Path.of(job[1] + ".error"), String.valueOf(error));
            }
        }
    }
}
