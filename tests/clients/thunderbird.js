// thunderbird.js: run by Thunderbird from its autoconfig file: logs in, opens every folder, downloads all mail, flags it, deletes a
// message of INBOX, expunges, downloads again, and quits. What happens is written to the file `said`.
(function () {
  const env = name => Services.env.get("IMAPDIFF_" + name);
  const say = text => {
    const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    const out = Cc["@mozilla.org/network/file-output-stream;1"].createInstance(Ci.nsIFileOutputStream);
    file.initWithPath(Services.env.get("SAID"));
    out.init(file, 0x02 | 0x08 | 0x10, 0o600, 0); // write, create, append
    out.write(text + "\n", text.length + 1);
    out.close();
  };
  const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

  // What ends with a listener's call, and its status; at most 30 s.
  const ended = begin =>
    Promise.race([
      new Promise(resolve => {
        const listener = {
          OnStartRunningUrl() {},
          OnStopRunningUrl: (url, status) => resolve(status),
          onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() {},
          onStopCopy: status => resolve(status),
          QueryInterface: ChromeUtils.generateQI(["nsIUrlListener", "nsIMsgCopyServiceListener"]),
        };
        try {
          begin(listener);
        } catch (e) { // of a mailbox that is gone, say: a user sees a message, and goes on
          resolve(e.name || `${e}`);
        }
      }),
      pause(30000).then(() => "no end in 30 s"),
    ]);

  async function login() {
    const where = "imap://" + env("HOST");
    const info = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
    info.init(where, null, where, env("USER"), env("PASSWORD"), "", "");
    if (!(await Services.logins.searchLoginsAsync({ origin: where })).length) {
      await Services.logins.addLoginAsync(info);
    }
  }

  async function work() {
    say("begun");
    const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
    await login();
    const server = MailServices.accounts.accounts.find(a => a.incomingServer.type == "imap").incomingServer;
    const root = server.rootFolder;
    server.performExpand(null);
    const open = folder => ended(l => folder.QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(null, l));
    const folders = () => root.descendants.filter(f => f.canFileMessages && !f.getFlag(Ci.nsMsgFolderFlags.Virtual));
    say(`${root.descendants.length} folders`);
    for (let i = 0, before = -1; i < 60 && (before != folders().length || before < 3); i++) {
      before = folders().length;
      await pause(1000);
    }
    const round = async change => {
      for (const folder of folders()) {
        say(`${folder.URI}: open ${await open(folder)}`);
        say(`  download ${await ended(l => folder.downloadAllForOffline(l, null))}`);
        const all = [...folder.messages];
        if (change && all.length) {
          folder.markMessagesFlagged(all, true);
          if (folder.getFlag(Ci.nsMsgFolderFlags.Inbox)) {
            say(`  delete ${await ended(l => folder.deleteMessages([all[0]], null, true, false, l, false))}`);
          }
          say(`  expunge ${await ended(l => folder.QueryInterface(Ci.nsIMsgImapMailFolder).expunge(l, null))}`);
        }
        say(`  ${all.length} messages`);
      }
    };
    await round(true);
    await round(false);
    server.closeCachedConnections();
  }

  const begun = {
    observe() {
      Services.obs.removeObserver(begun, "mail-startup-done");
      work().then(() => say("done"), e => say(`${e}\n${e.stack}`)).then(() => pause(500))
        .then(() => Services.startup.quit(Services.startup.eForceQuit));
    },
  };
  Services.obs.addObserver(begun, "mail-startup-done");
})();
