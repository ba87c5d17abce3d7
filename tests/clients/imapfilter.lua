-- imapfilter.lua: imapfilter finds, flags, copies and deletes messages by the searches that it is made for; in the end it fetches all
-- mail, which goes into a Maildir.
local function env(name) return os.getenv("IMAPDIFF_" .. name) end
options.timeout = 20
options.certificates = true
options.hostnames = true
options.cache = false
options.recover = "all"
options.limit = 1
options.crammd5 = false

local account = IMAP {
    server = env "HOST",
    port = tonumber(env "TLS_PORT"),
    username = env "USER",
    password = env "PASSWORD",
    ssl = "auto",
}

local folder = env "DIR" .. "/cur"
os.execute("rm -rf '" .. folder .. "' && mkdir -p '" .. folder .. "'")

-- Names of all mailboxes below a name.
local function list(above, found)
    local boxes, inner = account:list_all(above)
    for _, box in ipairs(boxes or {}) do table.insert(found, box) end
    for _, name in ipairs(inner or {}) do list(name, found) end
    return found
end

for _, box in ipairs(list(nil, {})) do
    local all = account[box]:select_all()
    account[box]:contain_subject("o")
    all:mark_flagged()
    if box == "INBOX" then
        local welcome = account[box]:contain_subject("Welcome")
        welcome:copy_messages(account["Trash"])
        welcome:delete_messages()
    end
    account[box]:check_status()
end
for _, box in ipairs(list(nil, {})) do
    local all = account[box]:select_all()
    for i, message in ipairs(all) do
        local mailbox, uid = table.unpack(message)
        local text = mailbox[uid]:fetch_message()
        if text then
            local file = io.open(folder .. "/" .. box:gsub("/", "_") .. "." .. uid, "w")
            file:write(text)
            file:close()
        end
    end
end
