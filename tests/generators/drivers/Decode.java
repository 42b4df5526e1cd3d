import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import klient.ApiClient;

/** Reads each answer with the settings of the generated client, and writes it again. */
public class Decode {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper mapper = ApiClient.createDefaultObjectMapper();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] job = line.split("\t");
            Path out = Path.of(job[1]);
            try {
                Class<?> model = Class.forName("klient.model." + job[3]);
                JavaType type = job[2].equals("list")
                        ? mapper.getTypeFactory().constructCollectionType(java.util.List.class, model)
                        : mapper.getTypeFactory().constructType(model);
                Object value = mapper.readValue(Files.readString(Path.of(job[0])), type);
                Files.writeString(out, mapper.writeValueAsString(value));
            } catch (Exception | LinkageError error) {
                Files.writeString(Path.of(job[1] + ".error"), String.valueOf(error));
            }
        }
    }
}
