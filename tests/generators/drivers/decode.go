// Reads each answer into the generated structs, and writes it again.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		job := strings.Split(lines.Text(), "\t")
		if again, err := decode(job); err == nil {
			os.WriteFile(job[1], again, 0o644)
		} else {
			os.WriteFile(job[1]+".error", []byte(err.Error()), 0o644)
		}
	}
}

func decode(job []string) ([]byte, error) {
	make, there := models[job[2]+" "+job[3]]
	if !there {
		return nil, fmt.Errorf("the client has no model %s", job[3])
	}
	body, err := os.ReadFile(job[0])
	if err != nil {
		return nil, err
	}
	value := make()
	if err := json.Unmarshal(body, value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}
