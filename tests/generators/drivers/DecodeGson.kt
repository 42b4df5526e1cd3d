import com.google.gson.reflect.TypeToken
import java.io.File
import java.lang.reflect.Type
import klient.infrastructure.Serializer

/** Reads each answer with the reader of the generated client, and writes it again. */
fun main(arguments: Array<String>) {
    for (line in File(arguments[0]).readLines()) {
        val (file, out, shape, model) = line.split("\t")
        try {
            var type: Type = Class.forName("klient.models.$model")
            if (shape == "list") type = TypeToken.getParameterized(List::class.java, type).type
            val value: Any = Serializer.gson.fromJson(File(file).readText(), type)
            // The getters of a data class say that a field is there. gson does not ask, so this does.
            missing(value, model)?.let { error("$it is required and absent") }
            File(out).writeText(Serializer.gson.toJson(value, type))
        } catch (problem: Exception) {
            File("$out.error").writeText(problem.toString())
        } catch (problem: LinkageError) {
            File("$out.error").writeText(problem.toString())
        }
    }
}

private fun missing(value: Any?, place: String): String? {
    if (value is List<*>) return value.firstNotNullOfOrNull { missing(it, "$place[]") }
    if (value == null || !value.javaClass.name.startsWith("klient.models.") || value is Enum<*>) return null
    for (property in value::class.members.filterIsInstance<kotlin.reflect.KProperty1<Any, *>>()) {
        val field = value.javaClass.getDeclaredField(property.name).apply { isAccessible = true }.get(value)
        if (field == null && !property.returnType.isMarkedNullable) return "$place.${property.name}"
        missing(field, "$place.${property.name}")?.let { return it }
    }
    return null
}
