import java.io.File
import klient.infrastructure.Serializer
import kotlinx.serialization.builtins.ListSerializer
import kotlinx.serialization.serializer

/** Reads each answer with the reader of the generated client, and writes it again. */
fun main(arguments: Array<String>) {
    val json = Serializer.kotlinxSerializationJson
    for (line in File(arguments[0]).readLines()) {
        val (file, out, shape, model) = line.split("\t")
        try {
            val one = serializer(Class.forName("klient.models.$model"))
            val text = File(file).readText()
            if (shape == "list") {
                val list = ListSerializer(one)
                File(out).writeText(json.encodeToString(list, json.decodeFromString(list, text)))
            } else {
                File(out).writeText(json.encodeToString(one, json.decodeFromString(one, text)))
            }
        } catch (problem: Exception) {
            File("$out.error").writeText(problem.toString())
        } catch (problem: LinkageError) {
            File("$out.error").writeText(problem.toString())
        }
    }
}
