--- RFC 2180 section 4.4.2: COPY copies the expunged messages, too.
return behaviour {
  name  = "copy-allowed",
  point = "copy.expunged",
  cites = "R2180-4.4.2",

  COPY = function(msgs, by)
    msgs:copy_all()
    return OK "Copied"
  end,
}
