--- RFC 2180 section 4.4.1: COPY fails as a whole if one of its messages was expunged.
return behaviour {
  name  = "copy-refused",
  point = "copy.expunged",
  cites = "R2180-4.4.1",

  COPY = function(msgs, by)
    return NO "Some of the requested messages were expunged"
  end,
}
