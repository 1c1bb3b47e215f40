using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulip.Redis.Tests.Real;

/// <summary>Against a real server: what is more than one command and its reply.</summary>
public sealed class ServerTests(RedisServer server)
{
    [Fact]
    public void ManyTasks_GetTheirOwnReplies() => server.Run(static async redis =>
    {
        var prefix = Prefix();
        await Gather(Enumerable.Range(0, 64).Select(async Coroutine<int> (task) =>
        {
            for (var i = 0; i < 200; i++)
            {
                await redis.Set($"{prefix}{task}", $"{task}.{i}");
                Assert.Equal($"{task}.{i}", await redis.Get($"{prefix}{task}"));
            }

            return 0;
        }));
    });

    [Fact]
    public void RandomCancels_NeverShiftReplies() => server.Run(static async redis =>
    {
        var prefix = Prefix();
        await redis.SetMany(Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"{prefix}{i}", $"{i}")));
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var gets = Enumerable.Range(0, 100).Select(i => CreateTask(redis.Get($"{prefix}{i}"))).ToArray();
            for (var passes = random.Next(4); passes > 0; passes--)
                await Sleep(0);
            foreach (var get in gets.Where(_ => random.Next(3) == 0))
                get.Cancel();
            await Wait(gets);
            Assert.All(Enumerable.Range(0, 100).Where(i => !gets[i].Cancelled), i => Assert.Equal($"{i}", gets[i].Result()));
        }
    });

    [Fact]
    public void LargeValues_ComeBackWhole_WhileSmallOnesGoOn() => server.Run(static async redis =>
    {
        var prefix = Prefix();
        var large = new byte[20_000_000];
        new Random(2).NextBytes(large);
        await TaskGroup.Run(async group =>
        {
            group.StartSoon(RoundTrip());
            for (var i = 0; i < 1000; i++)
                Assert.Equal(i + 1, await redis.Increment($"{prefix}n"));
        });

        async Coroutine RoundTrip()
        {
            await redis.Set($"{prefix}large", large);
            Assert.True((await redis.GetBytes($"{prefix}large"))!.Value.Span.SequenceEqual(large));
        }
    });

    [Fact]
    public void Transaction_RunsAsOne_AndErrorsAreTheCommandsOwn() => server.Run(static async redis =>
    {
        var key = Prefix();
        var transaction = redis.Transaction();
        transaction.Add(transaction.Set(key, "text"));
        var wrong = transaction.Add(transaction.ListRightPush(key, "x"));
        var text = transaction.Add(transaction.Get(key));
        Assert.True(await transaction.Execute());
        Assert.Equal("text", await text);
        Assert.Equal("WRONGTYPE", (await Expect.Throws<RedisException>(async () => await wrong)).Code);
        Expect.AtTheCall<InvalidOperationException>(() => transaction.Execute());

        var refused = redis.Transaction();
        var result = refused.Add(refused.Increment(key));
        refused.Add(refused.Execute("NOSUCHCOMMAND"));
        Assert.Contains("NOSUCHCOMMAND", (await Expect.Throws<RedisException>(async () => await refused.Execute())).Message, StringComparison.Ordinal);
        await Expect.Cancelled(async () => await result);
    });

    [Fact]
    public void Watch_ManyTasks_LoseNoUpdate() => server.Run(static async redis =>
    {
        var key = Prefix();
        await redis.Set(key, 0);
        await Gather(Enumerable.Range(0, 10).Select(_ => redis.Watch([key], async (reading, writing) =>
        {
            var value = long.Parse((await reading.Get(key))!, CultureInfo.InvariantCulture);
            writing.Add(writing.Set(key, value + 1));
            return value;
        }, attempts: 1000)));
        Assert.Equal("10", await redis.Get(key));
        await Expect.Throws<RedisConflictException>(async () => await redis.Watch([key], async (reading, writing) =>
        {
            await redis.Increment(key);
            writing.Add(writing.Set(key, "lost"));
            return 0;
        }, attempts: 3));
        Assert.Equal("13", await redis.Get(key));
    });

    [Fact]
    public void BlockingPop_WaitsAlone_AndACancelTakesNothing() => server.Run(static async redis =>
    {
        var key = Prefix();
        var waiting = CreateTask(redis.BlockingLeftPop([key]));
        await UntilBlocked(redis, 1);
        waiting.Cancel();
        await Expect.Cancelled(async () => await waiting);
        await UntilBlocked(redis, 0);
        await redis.ListRightPush(key, "a", "b");
        Assert.Equal((key, "a"), await redis.BlockingLeftPop([key]));
        Assert.Equal("b", await redis.BlockingMove(key, key + "kept", 1));
        Assert.Null(await redis.BlockingRightPop([key], 0.01));
        Assert.Equal(["b"], await redis.ListRange(key + "kept"));

        static async Coroutine UntilBlocked(RedisClient redis, int count)
        {
            while (!(await redis.Execute("INFO", "clients")).AsString()!.Contains($"blocked_clients:{count}\r", StringComparison.Ordinal))
                await Sleep(0.001);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Publish_ReachesSubscribers_InOrder(bool resp2) => server.Run(server.Options with { OnlyResp2 = resp2 }, static async redis =>
    {
        var channel = Prefix();
        await using var exact = await redis.Subscribe(channel);
        await using var pattern = await redis.SubscribePattern(null, channel[..20] + "*");
        Assert.Equal(2, await redis.Publish(channel, "0"));
        await Gather(Enumerable.Range(1, 999).Select(i => redis.Publish(channel, i)));
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"{i}", (await exact.Receive())!.Text);
            Assert.Equal(channel, (await pattern.Receive())!.Channel);
        }
    });

    [Fact]
    public void Restart_ConnectsAgain_WithSubscriptions()
    {
        RedisServer.SkipIfMissing();
        using var own = new RedisServer([]);
        own.Run(own.Options with { ConnectTimeout = 120 }, async redis =>
        {
            await using var news = await redis.Subscribe("news");
            Assert.True(await redis.Ping());
            own.Stop();
            while (redis.IsConnected)
                await Sleep(0.001);
            own.Start();
            Assert.True(await redis.Ping());
            while (await redis.Publish("news", "again") == 0)
                await Sleep(0.001);
            Assert.Equal("again", (await news.Receive())!.Text);
            Assert.Equal((2, 1), (redis.Connections, news.Interruptions));
        });
    }

    [Fact]
    public void ClientKilledByTheServer_ConnectsAgain() => server.Run(static async redis =>
    {
        var id = await redis.Execute("CLIENT", "ID");
        var other = await RedisClient.Connect(redis.Options);
        await other.Execute("CLIENT", "KILL", "ID", id.AsInteger());
        await other.DisposeAsync();
        while (redis.Connections < 2)
            await Sleep(0.001);
        Assert.True(await redis.Ping());
    });

    [Fact]
    public void UserPasswordAndDatabase_AreUsed() => server.Run(static async admin =>
    {
        await admin.Execute("ACL", "SETUSER", "ann", "on", ">secret", "~*", "&*", "+@all");
        var options = admin.Options with { User = "ann", Password = "secret", Database = 2, ClientName = "tests" };
        await using var redis = await RedisClient.Connect(options);
        Assert.Equal("ann", (await redis.Execute("ACL", "WHOAMI")).AsString());
        var info = (await redis.Execute("CLIENT", "INFO")).AsString()!;
        Assert.Contains("name=tests", info, StringComparison.Ordinal);
        Assert.Contains("db=2", info, StringComparison.Ordinal);
        Assert.Contains("resp=3", info, StringComparison.Ordinal);
        Assert.Equal("WRONGPASS", (await Expect.Throws<RedisException>(async () => await RedisClient.Connect(options with { Password = "wrong" }))).Code);
    });

    [Fact]
    public void Tls_IsSpoken()
    {
        RedisServer.SkipIfMissing();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("redis-tls-");
        try
        {
            var (certificateFile, keyFile) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
            File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
            File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
            using var kept = RedisServer.KeepPort(out var port);
            using var own = new RedisServer(["--bind", "127.0.0.1", "--tls-port", $"{port}", "--tls-cert-file", certificateFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no"]);
            var options = new RedisOptions { Host = "127.0.0.1", Port = port };
            var trusting = TlsSettings.ForClient(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true });
            own.Run(options with { Tls = trusting }, async redis =>
            {
                await redis.Set("a", new string('x', 100_000));
                Assert.Equal(100_000, (await redis.Get("a"))!.Length);
                var refused = await Expect.Throws<RedisConnectionException>(async () => await RedisClient.Connect(options with { Tls = TlsSettings.ForClient("localhost") }));
                Assert.IsAssignableFrom<System.Security.Authentication.AuthenticationException>(refused.InnerException);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Prefix() => Guid.NewGuid().ToString("N");
}
