#!/usr/bin/env python3
"""thunderbird.py: Thunderbird without a window, with a profile of its own. An autoconfig file sets the account, its CLIENTID and its login,
and runs thunderbird.js, which does what a user does; policies.json installs the authority that signed the server's certificate. Mail is
kept in Maildirs below $IMAPDIFF_DIR."""
import json, os, shutil, signal, subprocess, sys, time

env = {k: os.environ["IMAPDIFF_" + k] for k in ("HOST", "TLS_PORT", "USER", "PASSWORD", "CA", "DIR")}
HERE, ROOT = os.path.dirname(env["DIR"]), os.environ["CLIENT_ROOT"]
LIB, APP, PROFILE = ROOT + "/usr/lib/thunderbird", HERE + "/app", HERE + "/profile"
CLIENTID = "0ff0f0d1-5c2c-4a4e-9d0c-3a1d1c0e7b11"
ACCOUNT = {
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.identity.id1.fullName": "U One",
    "mail.identity.id1.useremail": env["USER"] + "@example.org",
    "mail.identity.id1.valid": True,
    "mail.server.server1.type": "imap",
    "mail.server.server1.hostname": env["HOST"],
    "mail.server.server1.port": int(env["TLS_PORT"]),
    "mail.server.server1.socketType": 3,
    "mail.server.server1.authMethod": 3,
    "mail.server.server1.userName": env["USER"],
    "mail.server.server1.name": "served",
    "mail.server.server1.directory": env["DIR"],
    "mail.server.server1.storeContractID": "@mozilla.org/msgstore/maildirstore;1",
    "mail.server.server1.offline_download": True,
    "mail.server.server1.autosync_offline_stores": False,
    "mail.server.server1.login_at_startup": False,
    "mail.server.server1.check_new_mail": False,
    "mail.server.server1.timeout": 29,
    "mail.server.server1.max_cached_connections": 2,
    "mail.server.server1.clientidEnabled": True,
    "mail.server.server1.clientid": CLIENTID,
}
QUIET = {
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True,
    "mail.winsearch.firstRunDone": True,
    "mail.shell.checkDefaultClient": False,
    "mail.rights.version": 1,
    "mailnews.start_page.enabled": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "extensions.update.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "calendar.timezone.local": "UTC",
    "mail.tabs.drawInTitlebar": False,
    "mailnews.tcptimeout": 20,
}


def application():
    """A copy of links, since two files of ours go beside Thunderbird's."""
    os.makedirs(APP + "/defaults/pref")
    os.makedirs(APP + "/distribution")
    for name in os.listdir(LIB):
        path = LIB + "/" + name
        if os.path.islink(path) or os.path.isdir(path):
            if name != "defaults":
                os.symlink(os.path.realpath(path), APP + "/" + name) if name != "thunderbird" else None
        else:
            os.link(path, APP + "/" + name)
    for name in os.listdir(LIB + "/defaults/pref"):
        shutil.copy(LIB + "/defaults/pref/" + name, APP + "/defaults/pref/")
    with open(APP + "/defaults/pref/autoconfig.js", "w") as f:
        f.write('pref("general.config.filename", "served.cfg");\npref("general.config.obscure_value", 0);\n'
                'pref("general.config.sandbox_enabled", false);\n')
    with open(APP + "/served.cfg", "w") as f:
        f.write("// The first line is not read.\n")
        for name, value in {**QUIET, **ACCOUNT}.items():
            f.write(f"pref({json.dumps(name)}, {json.dumps(value)});\n")
        f.write(open(os.path.dirname(os.path.abspath(__file__)) + "/thunderbird.js").read())
    with open(APP + "/distribution/policies.json", "w") as f:
        json.dump({"policies": {"Certificates": {"Install": [env["CA"]]}, "DisableTelemetry": True, "DisableAppUpdate": True}}, f)


if not os.path.isdir(APP):
    application()
os.makedirs(PROFILE, exist_ok=True)
os.environ.update(HOME=HERE, SAID=HERE + "/said", MOZ_DISABLE_CONTENT_SANDBOX="1", MOZ_DISABLE_RDD_SANDBOX="1", MOZ_CRASHREPORTER_DISABLE="1",
                  FONTCONFIG_PATH=ROOT + "/etc/fonts", XDG_RUNTIME_DIR=HERE, NO_AT_BRIDGE="1",
                  LD_LIBRARY_PATH=f"{APP}:{ROOT}/usr/lib/x86_64-linux-gnu:{ROOT}/lib/x86_64-linux-gnu")
if os.path.exists(HERE + "/said"):
    os.rename(HERE + "/said", HERE + "/said.first")
p = subprocess.run([APP + "/thunderbird-bin", "--headless", "--no-remote", "--profile", PROFILE])
if p.returncode < 0:
    os.kill(os.getpid(), -p.returncode)
try:
    said = open(HERE + "/said").read()
except OSError:
    said = "Thunderbird ended without a word\n"
print(said)
sys.exit(0 if p.returncode == 0 and said.endswith("done\n") else 1)
