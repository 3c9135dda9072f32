let known;
setInterval(async () => {
    try {
        const response = await fetch("/reload.txt", { cache: "no-store" });
        if (!response.ok) return;
        const version = await response.text();
        known ??= version;
        if (known !== version) location.reload();
    } catch {
        // The server is restarting.
    }
}, 250);
