using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Threading;

// Uses the classes of docs/dotnet.md as a test would. Ends with 1 and a sentence if something is not as the document says.
internal static class Program
{
    private const string Path = "/api/innkreving/kravogbetalinger/v1/regnskapssystem/311851381/aapnekrav";

    private static void Expect(bool holds, string what)
    {
        if (holds) return;
        Console.Error.WriteLine("not so: " + what);
        Environment.Exit(1);
    }

    public static void Main(string[] arguments)
    {
        var http = new HttpClient();
        string url;
        using (var sandbox = new Sandbox(arguments[0], "--auth claims"))
        using (var key = RSA.Create())
        {
            url = sandbox.Url;
            var answer = Maskinporten.GetToken(http, url, key, "key-1", "client", "skatteetaten:kravogbetalinger",
                ",\"consumer_org\":\"311851381\"").Result;
            var token = Regex.Match(answer, "\"access_token\":\"([^\"]+)\"").Groups[1].Value;
            Expect(token.Length > 0, "there is a token: " + answer);
            var call = new HttpRequestMessage(HttpMethod.Get, url + "/~session=" + Guid.NewGuid().ToString("N") + Path);
            call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var found = http.SendAsync(call).Result;
            Expect((int)found.StatusCode == 200, "the call is served: " + found.Content.ReadAsStringAsync().Result);
            var refused = http.GetAsync(url + Path).Result;
            Expect((int)refused.StatusCode == 401, "a call without a token is refused");
        }
        using (var open = new Sandbox(arguments[0]))
        {
            var screen = Console.Out;
            var told = new System.IO.StringWriter();
            Console.SetOut(told);
            Example.Run(open, http).Wait();
            Console.SetOut(screen);
            Expect(told.ToString().Replace("\r", "") == "500\n200\n200\n", "an error once, then the answer, on any day: " + told);
        }
        try
        {
            new Sandbox(arguments[0], "--auth sined");
            Expect(false, "a misspelt setting is refused");
        }
        catch (InvalidOperationException why) { Expect(why.Message.Contains("sined"), "the reason is told: " + why.Message); }
        for (var tries = 0; tries < 50; tries++)
        {
            try { http.GetAsync(url + "/health/live").Wait(); }
            catch (AggregateException)
            {
                Console.WriteLine("C# of docs/dotnet.md: a token, a call, and nothing left running");
                return;
            }
            Thread.Sleep(100);
        }
        Expect(false, "the sandbox ends when its input does");
    }
}
