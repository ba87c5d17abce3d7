--- In clear, responses come octet by octet, as over a bad line: clients that take a packet for a line fail.
return behaviour {
  name  = "octet-by-octet",
  point = "wire.pieces",
  cites = "R3501-9",

  pieces = function(session, by) session:octets() end,
}
