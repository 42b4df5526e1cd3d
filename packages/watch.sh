# Runs the command of its arguments until its standard input ends, then stops the command: first politely, after five
# seconds by force. The standard input is a pipe of the process that started this, so the command ends when that process
# ends, however it ends. Both packages (npm, PyPI) have this file.
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{
    read -r _ <&3
    kill "$server"
    tries=0
    while [ "$tries" -lt 50 ] && kill -0 "$server"; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -9 "$server"
} >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$server"
code=$?
# Nobody may stop another process that gets the same number later.
kill "$watch" 2>/dev/null
exit "$code"
