using System;
using System.Collections.Generic;
using System.IO;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

// Reads each answer as the generated client does, and writes it again.
public static class Decode
{
    public static void Main(string[] arguments)
    {
        var settings = new JsonSerializerSettings
        {
            ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
            ContractResolver = new CamelCasePropertyNamesContractResolver(),
        };
        foreach (var line in File.ReadAllLines(arguments[0]))
        {
            var job = line.Split('\t');
            try
            {
                var type = Type.GetType("Klient.Model." + job[3] + ", Klient", true);
                if (job[2] == "list")
                {
                    type = typeof(List<>).MakeGenericType(type);
                }
                var value = JsonConvert.DeserializeObject(File.ReadAllText(job[0]), type, settings);
                File.WriteAllText(job[1], JsonConvert.SerializeObject(value, settings));
            }
            catch (Exception error)
            {
                File.WriteAllText(job[1] + ".error", (error.InnerException ?? error).Message);
            }
        }
    }
}
